-- Creates what Paigong may not create for itself: its login role and its database. Run once by a superuser, through psql;
-- running it again changes nothing. Used by scripts/postgres, by docker-compose.yml, and by hand on a server of your own:
--     PAIGONG_DATABASE_PASSWORD=… psql --dbname=postgres --file=scripts/database.sql
--
-- The role is no superuser and cannot bypass row-level security. It has CREATEROLE because the migrations create the
-- NOLOGIN roles under which skills run, one per pack, and grant them to it.
\set ON_ERROR_STOP on
\getenv password PAIGONG_DATABASE_PASSWORD

SELECT 'CREATE ROLE paigong LOGIN CREATEROLE'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'paigong')
\gexec

\if :{?password}
ALTER ROLE paigong PASSWORD :'password';
\endif

-- Tests create a database each: psql --set=createdb=yes.
\if :{?createdb}
ALTER ROLE paigong CREATEDB;
\endif

SELECT 'CREATE DATABASE paigong OWNER paigong ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'paigong')
\gexec

REVOKE ALL ON DATABASE paigong FROM PUBLIC;
