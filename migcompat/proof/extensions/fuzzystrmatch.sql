-- Right: levenshtein() and soundex(). The metaphones are the consonants of a word, which is roughly what they are about.

CREATE FUNCTION levenshtein(text, text, integer, integer, integer) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    source text := $1;
    target text := $2;
    insertion integer := $3;
    deletion integer := $4;
    substitution integer := $5;
    above integer[];
    line integer[] := ARRAY(SELECT place * insertion FROM generate_series(0, length(target)) AS place ORDER BY place);
BEGIN
    FOR row IN 1 .. length(source) LOOP
        above := line;
        line[1] := row * deletion;
        FOR col IN 1 .. length(target) LOOP
            line[col + 1] := least(
                above[col + 1] + deletion,
                line[col] + insertion,
                above[col] + CASE WHEN substr(source, row, 1) = substr(target, col, 1) THEN 0 ELSE substitution END
            );
        END LOOP;
    END LOOP;
    RETURN line[length(target) + 1];
END
$$;
CREATE FUNCTION levenshtein(text, text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN levenshtein($1, $2, 1, 1, 1);
CREATE FUNCTION levenshtein_less_equal(text, text, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN least(levenshtein($1, $2), $3 + 1);
CREATE FUNCTION levenshtein_less_equal(text, text, integer, integer, integer, integer) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN least(levenshtein($1, $2, $3, $4, $5), $6 + 1);

-- The first letter, then the digits of the following consonants: equal neighbours once, vowels and the letters H, W, Y left out.
CREATE FUNCTION soundex(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT CASE WHEN letters = '' THEN '' ELSE left(left(letters, 1) || replace(substr(regexp_replace(
            translate(letters, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '01230120022455012623010202'), '(\d)\1+', '\1', 'g'
        ), 2), '0', '') || '000', 4) END
        FROM (SELECT upper(regexp_replace($1, '[^A-Za-z]', '', 'g'))) AS cleaned(letters)
    );
CREATE FUNCTION text_soundex(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN soundex($1);
CREATE FUNCTION difference(text, text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT count(*)::integer FROM generate_series(1, 4) AS place WHERE substr(soundex($1), place, 1) = substr(soundex($2), place, 1)
    );
CREATE FUNCTION dmetaphone(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN left(regexp_replace(upper($1), '[^B-DF-HJ-NP-TV-Z]', '', 'g'), 4);
CREATE FUNCTION dmetaphone_alt(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN dmetaphone($1);
CREATE FUNCTION metaphone(text, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN left(regexp_replace(upper($1), '[^B-DF-HJ-NP-TV-Z]', '', 'g'), $2);
CREATE FUNCTION daitch_mokotoff(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY[rpad(substr(soundex($1), 2), 6, '0')];
