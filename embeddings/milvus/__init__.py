"""An archive in Milvus: where one machine ends."""
