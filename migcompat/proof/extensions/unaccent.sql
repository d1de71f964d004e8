-- Right for letters that Unicode takes apart into a letter and marks (é, ü, ç); ligatures and the like stay. The dictionary changes nothing.

CREATE FUNCTION unaccent(text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN normalize(regexp_replace(normalize($1, NFD), U&'[\0300-\036F]', '', 'g'), NFC);
CREATE FUNCTION unaccent(regdictionary, text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN unaccent($2);
CREATE TEXT SEARCH TEMPLATE unaccent (INIT = pg_catalog.dsimple_init, LEXIZE = pg_catalog.dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY unaccent (TEMPLATE = unaccent, ACCEPT = false);
