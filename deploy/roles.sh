#!/bin/sh
# The roles and the database, made once by the image of PostgreSQL at its first start.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set relay="$RELAY_PASSWORD" <<'SQL'
CREATE ROLE tuan_owner LOGIN PASSWORD :'owner';
CREATE ROLE tuan_app LOGIN PASSWORD :'app';
CREATE ROLE tuan_relay LOGIN PASSWORD :'relay';
CREATE DATABASE tuan OWNER tuan_owner;
REVOKE ALL ON DATABASE tuan FROM PUBLIC;
GRANT CONNECT ON DATABASE tuan TO tuan_app, tuan_relay;
SQL
