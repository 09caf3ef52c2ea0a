"""Question sets and the collections they are asked of, read and checked."""
