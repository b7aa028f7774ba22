-- Once, as the database administrator: psql -f deploy/postgres.sql
CREATE ROLE portal_web LOGIN PASSWORD 'change-me';
CREATE DATABASE portal OWNER portal_web TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
\connect portal
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- psycopg2 puts values into the text of a statement; a failed one must not carry them into the log.
ALTER ROLE portal_web SET log_min_error_statement = panic;
ALTER ROLE portal_web SET statement_timeout = '10s';
ALTER ROLE portal_web SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE portal_web SET lock_timeout = '5s';
