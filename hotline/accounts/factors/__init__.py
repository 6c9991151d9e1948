"""Second factors: authenticator apps, recovery codes, passkeys, and for whom they are asked.

Everything here is about one account at a time and knows nothing of requests and pages but ``ceremonies``.
"""
