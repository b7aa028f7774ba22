-- Once, as the database administrator: psql -f deploy/postgres.sql
-- Then, as the portal: manage.py set_up, which grants the role that serves what it needs.

-- Owns the tables: migrates, and runs what is done at night. Its password is in DATABASE_OWNER_URL.
CREATE ROLE portal_owner LOGIN PASSWORD 'change-me';
-- Serves readers and staff: owns nothing. Its password is in DATABASE_URL.
CREATE ROLE portal_web LOGIN PASSWORD 'change-me-too';
CREATE DATABASE portal OWNER portal_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_web;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;

-- An error's text, its detail and its statement carry values; none of them may reach the log.
ALTER ROLE portal_web SET log_min_messages = fatal;
ALTER ROLE portal_web SET log_min_error_statement = panic;
ALTER ROLE portal_owner SET log_min_error_statement = panic;
ALTER ROLE portal_owner SET log_error_verbosity = terse;
ALTER ROLE portal_web SET log_error_verbosity = terse;
ALTER ROLE portal_web SET statement_timeout = '10s';
ALTER ROLE portal_web SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE portal_web SET lock_timeout = '5s';

\connect portal
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO portal_owner;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
