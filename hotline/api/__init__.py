"""What the API's views share.

``problems`` says what went wrong (RFC 9457), ``parsing`` and ``fields`` take only what is strictly JSON and strictly
meant, ``views`` gives every endpoint its permission, its ``Idempotency-Key`` and its ``ETag``.
"""
