"""What people do: no HTTP and no tables in here."""
