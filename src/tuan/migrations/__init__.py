"""One linear chain of migrations, run by the owner of the database; see `migrate`."""
