"""The product, broken on purpose, to see that the harness says so. Nothing of it is in the product."""
