-- Names and signatures: every one of these gives no rows, whatever columns the caller asks for.

CREATE TYPE tablefunc_crosstab_2 AS (row_name text, category_1 text, category_2 text);
CREATE TYPE tablefunc_crosstab_3 AS (row_name text, category_1 text, category_2 text, category_3 text);
CREATE TYPE tablefunc_crosstab_4 AS (row_name text, category_1 text, category_2 text, category_3 text, category_4 text);

CREATE FUNCTION normal_rand(integer, float8, float8) RETURNS SETOF float8 LANGUAGE sql VOLATILE STRICT
    BEGIN ATOMIC SELECT random_normal($2, $3) FROM generate_series(1, $1); END;
CREATE FUNCTION crosstab(text) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION crosstab(text, integer) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION crosstab(text, text) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION crosstab2(text) RETURNS SETOF tablefunc_crosstab_2 LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION crosstab3(text) RETURNS SETOF tablefunc_crosstab_3 LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION crosstab4(text) RETURNS SETOF tablefunc_crosstab_4 LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION connectby(text, text, text, text, integer) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION connectby(text, text, text, text, integer, text) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION connectby(text, text, text, text, text, integer) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN; END';
CREATE FUNCTION connectby(text, text, text, text, text, integer, text) RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT
    AS 'BEGIN RETURN; END';
