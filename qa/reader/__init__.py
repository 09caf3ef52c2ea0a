"""The reader: what it is made of and how it is run. All that reads, in one folder; its weights lie in qa/models/."""
