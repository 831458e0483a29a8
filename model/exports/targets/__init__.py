"""What a whole project is written into, one module each; each registers itself in `project_exports.PROJECT_EXPORTS`."""
