#!/bin/sh
# Runs once, on an empty volume: the database with its two roles. The owner runs migrations; the application's role
# reads and writes rows and has no DDL.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  --set owner_password="$KINDLY_OWNER_PASSWORD" --set app_password="$KINDLY_APP_PASSWORD" <<'SQL'
create role kindly_runtime nologin;
create role kindly_owner login password :'owner_password' in role kindly_runtime;
create role kindly_app login password :'app_password' in role kindly_runtime;
create database kindly owner kindly_owner;
SQL
