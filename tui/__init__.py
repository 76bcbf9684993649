"""The application: entry point, app, background sync, commands, configuration."""
