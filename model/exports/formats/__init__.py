"""The formats of results tables, one module each; each registers itself in `results_table.TABLES` by its ending."""
