"""How parties bargain, one file a family, each a small frozen value with its source."""
