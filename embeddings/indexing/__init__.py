"""Articles into an archive: what is new or changed goes in, what is gone goes out, again and again."""
