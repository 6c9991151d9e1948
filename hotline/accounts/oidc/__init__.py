"""Signing in at the organisation's own provider (OpenID Connect): authorization code, PKCE, state, nonce.

Off unless OIDC_ISSUER is set: then no route answers and nothing is asked of anyone.
The reasons stand in docs/adr/joserfc.md.
"""
