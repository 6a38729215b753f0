"""Server and system signature certificates: looked at, and held against what their issuer promises."""
