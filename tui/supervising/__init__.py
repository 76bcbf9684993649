"""The supervisor's application: login, live refresh, and the desk behind the screens, all of it on line."""
