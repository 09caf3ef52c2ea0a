"""What was found, as plain data: kept as JSON, compared, and shown as tables, plots and pages."""
