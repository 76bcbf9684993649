"""The database: tables, transactions, migrations. SQLite and PostgreSQL through the same statements."""
