"""What is measured, side by side with what: ``python -m benchmarks`` fills the table of docs/performance.md."""
