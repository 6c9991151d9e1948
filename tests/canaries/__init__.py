"""Values that must never be kept, sent into every opening of the running product, and looked for in all it keeps.
``make canaries``.
"""
