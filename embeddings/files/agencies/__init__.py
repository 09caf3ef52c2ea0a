"""The formats of news agencies, by the IPTC: NITF, NewsML-G2 and ninjs."""
