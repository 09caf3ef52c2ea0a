"""How good it is: metrics, data sets, reports and speed."""
