"""What goes wrong with a provider. A leaf."""


class OidcError(Exception):
    """The provider did not answer, or what came back is not right. Says nothing of what it was."""
