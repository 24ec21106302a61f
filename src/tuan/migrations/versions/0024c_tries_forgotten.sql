GRANT UPDATE, DELETE ON developers.tries TO tuan_app;
