-- Right: paths, their order, ancestors and descendants, lquery with its repetitions and alternatives. Labels are not checked when they are
-- written; the modifiers @ and % of queries are read over. The indexes hold nothing, see pg_trgm.

CREATE TYPE ltree;
CREATE FUNCTION ltree_in(cstring) RETURNS ltree LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION ltree_out(ltree) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION ltree_recv(internal) RETURNS ltree LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textrecv';
CREATE FUNCTION ltree_send(ltree) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textsend';
CREATE TYPE ltree (INPUT = ltree_in, OUTPUT = ltree_out, RECEIVE = ltree_recv, SEND = ltree_send, INTERNALLENGTH = VARIABLE, STORAGE = extended);
CREATE TYPE lquery;
CREATE FUNCTION lquery_in(cstring) RETURNS lquery LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION lquery_out(lquery) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION lquery_recv(internal) RETURNS lquery LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textrecv';
CREATE FUNCTION lquery_send(lquery) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textsend';
CREATE TYPE lquery (INPUT = lquery_in, OUTPUT = lquery_out, RECEIVE = lquery_recv, SEND = lquery_send, INTERNALLENGTH = VARIABLE, STORAGE = extended);
CREATE TYPE ltxtquery;
CREATE FUNCTION ltxtq_in(cstring) RETURNS ltxtquery LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION ltxtq_out(ltxtquery) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION ltxtq_recv(internal) RETURNS ltxtquery LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textrecv';
CREATE FUNCTION ltxtq_send(ltxtquery) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textsend';
CREATE TYPE ltxtquery (INPUT = ltxtq_in, OUTPUT = ltxtq_out, RECEIVE = ltxtq_recv, SEND = ltxtq_send, INTERNALLENGTH = VARIABLE, STORAGE = extended);

CREATE FUNCTION ltree_labels(ltree) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1::text = '' THEN '{}' ELSE string_to_array($1::text COLLATE "C", '.') END;
CREATE FUNCTION ltree_of(text[]) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN array_to_string($1, '.')::ltree;
CREATE FUNCTION text2ltree(text) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::ltree;
CREATE FUNCTION ltree2text(ltree) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text;

CREATE FUNCTION ltree_cmp(ltree, ltree) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btarraycmp(ltree_labels($1) COLLATE "C", ltree_labels($2) COLLATE "C");
CREATE FUNCTION ltree_eq(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_cmp($1, $2) = 0;
CREATE FUNCTION ltree_ne(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_cmp($1, $2) <> 0;
CREATE FUNCTION ltree_lt(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_cmp($1, $2) < 0;
CREATE FUNCTION ltree_le(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_cmp($1, $2) <= 0;
CREATE FUNCTION ltree_gt(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_cmp($1, $2) > 0;
CREATE FUNCTION ltree_ge(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_cmp($1, $2) >= 0;
CREATE FUNCTION hash_ltree(ltree) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN hashtext($1::text COLLATE "C");
CREATE FUNCTION hash_ltree_extended(ltree, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hashtextextended($1::text COLLATE "C", $2);

CREATE FUNCTION nlevel(ltree) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN cardinality(ltree_labels($1));
CREATE FUNCTION subltree(ltree, integer, integer) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltree_of((ltree_labels($1))[$2 + 1 : $3]);
CREATE FUNCTION subpath(ltree, integer, integer) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT subltree($1, start, CASE WHEN $3 < 0 THEN nlevel($1) + $3 ELSE start + $3 END)
        FROM (SELECT CASE WHEN $2 < 0 THEN greatest(nlevel($1) + $2, 0) ELSE $2 END) AS begins(start)
    );
CREATE FUNCTION subpath(ltree, integer) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN subpath($1, $2, nlevel($1));
CREATE FUNCTION index(ltree, ltree, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((
        SELECT min(place)
        FROM generate_series(CASE WHEN $3 < 0 THEN greatest(nlevel($1) + $3, 0) ELSE $3 END, nlevel($1) - nlevel($2)) AS place
        WHERE subpath($1, place, nlevel($2))::text = $2::text
    ), -1);
CREATE FUNCTION index(ltree, ltree) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN index($1, $2, 0);
CREATE FUNCTION ltree_addltree(ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltree_of(ltree_labels($1) || ltree_labels($2));
CREATE FUNCTION ltree_addtext(ltree, text) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_addltree($1, $2::ltree);
CREATE FUNCTION ltree_textadd(text, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_addltree($1::ltree, $2);
CREATE FUNCTION lca(ltree[]) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT subpath($1[1], 0, coalesce(max(depth), 0))
        FROM generate_series(1, (SELECT min(nlevel(path)) - 1 FROM unnest($1) AS path)) AS depth
        WHERE (SELECT count(DISTINCT subpath(path, 0, depth)::text) FROM unnest($1) AS path) = 1
    );
CREATE FUNCTION lca(ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN lca(ARRAY[$1, $2]);
CREATE FUNCTION lca(ltree, ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN lca(ARRAY[$1, $2, $3]);
CREATE FUNCTION lca(ltree, ltree, ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lca(ARRAY[$1, $2, $3, $4]);
CREATE FUNCTION lca(ltree, ltree, ltree, ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lca(ARRAY[$1, $2, $3, $4, $5]);
CREATE FUNCTION lca(ltree, ltree, ltree, ltree, ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lca(ARRAY[$1, $2, $3, $4, $5, $6]);
CREATE FUNCTION lca(ltree, ltree, ltree, ltree, ltree, ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lca(ARRAY[$1, $2, $3, $4, $5, $6, $7]);
CREATE FUNCTION lca(ltree, ltree, ltree, ltree, ltree, ltree, ltree, ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lca(ARRAY[$1, $2, $3, $4, $5, $6, $7, $8]);

-- "Is the first an ancestor of the second, or the same?"
CREATE FUNCTION ltree_isparent(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN $1::text = '' OR starts_with($2::text || '.', $1::text || '.');
CREATE FUNCTION ltree_risparent(ltree, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltree_isparent($2, $1);

-- An lquery as a regular expression over the path with a dot after each label.
CREATE FUNCTION lquery_item_pattern(item text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT CASE
            WHEN labels = '*' THEN '(?:[^.]+\.)' || coalesce(counts, '*')
            WHEN labels LIKE '!%' THEN '(?:(?!(?:' || alternatives || ')\.)[^.]+\.)' || coalesce(counts, '')
            ELSE '(?:(?:' || alternatives || ')\.)' || coalesce(counts, '')
        END
        FROM (
            SELECT
                labels,
                regexp_replace(counts, '^\{,', '{0,') AS counts,
                replace(regexp_replace(ltrim(labels, '!'), '[@%]', '', 'g'), '*', '[^.]*') AS alternatives
            FROM (SELECT regexp_replace(item, '\{.*\}$', ''), substring(item FROM '\{.*\}$')) AS cut(labels, counts)
        ) AS parts
    );
CREATE FUNCTION lquery_pattern(lquery) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT '^' || coalesce(string_agg(lquery_item_pattern(item), '' ORDER BY place), '') || '$'
        FROM unnest(string_to_array($1::text, '.')) WITH ORDINALITY AS items(item, place)
    );
CREATE FUNCTION ltq_regex(ltree, lquery) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN $1::text = '' THEN '' ELSE $1::text || '.' END ~ lquery_pattern($2);
CREATE FUNCTION ltq_rregex(lquery, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltq_regex($2, $1);
CREATE FUNCTION lt_q_regex(ltree, lquery[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT bool_or(ltq_regex($1, query)) FROM unnest($2) AS query), false);
CREATE FUNCTION lt_q_rregex(lquery[], ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN lt_q_regex($2, $1);
-- An ltxtquery is a tsquery over the labels, a star after a word meaning a prefix.
CREATE FUNCTION ltxtq_exec(ltree, ltxtquery) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_tsvector(ltree_labels($1)) @@ regexp_replace(regexp_replace($2::text, '[@%]', '', 'g'), '\*', ':*', 'g')::tsquery;
CREATE FUNCTION ltxtq_rexec(ltxtquery, ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ltxtq_exec($2, $1);

-- The same for arrays: whether any path fits, and the first that does.
CREATE FUNCTION _ltree_isparent(ltree[], ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT bool_or(ltree_isparent(path, $2)) FROM unnest($1) AS path), false);
CREATE FUNCTION _ltree_r_isparent(ltree, ltree[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN _ltree_isparent($2, $1);
CREATE FUNCTION _ltree_risparent(ltree[], ltree) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT bool_or(ltree_isparent($2, path)) FROM unnest($1) AS path), false);
CREATE FUNCTION _ltree_r_risparent(ltree, ltree[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN _ltree_risparent($2, $1);
CREATE FUNCTION _ltq_regex(ltree[], lquery) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT bool_or(ltq_regex(path, $2)) FROM unnest($1) AS path), false);
CREATE FUNCTION _ltq_rregex(lquery, ltree[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN _ltq_regex($2, $1);
CREATE FUNCTION _lt_q_regex(ltree[], lquery[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT bool_or(lt_q_regex(path, $2)) FROM unnest($1) AS path), false);
CREATE FUNCTION _lt_q_rregex(lquery[], ltree[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN _lt_q_regex($2, $1);
CREATE FUNCTION _ltxtq_exec(ltree[], ltxtquery) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((SELECT bool_or(ltxtq_exec(path, $2)) FROM unnest($1) AS path), false);
CREATE FUNCTION _ltxtq_rexec(ltxtquery, ltree[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN _ltxtq_exec($2, $1);
CREATE FUNCTION _ltree_extract_isparent(ltree[], ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT path FROM unnest($1) WITH ORDINALITY AS p(path, place) WHERE ltree_isparent(path, $2) ORDER BY place LIMIT 1);
CREATE FUNCTION _ltree_extract_risparent(ltree[], ltree) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT path FROM unnest($1) WITH ORDINALITY AS p(path, place) WHERE ltree_isparent($2, path) ORDER BY place LIMIT 1);
CREATE FUNCTION _ltq_extract_regex(ltree[], lquery) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT path FROM unnest($1) WITH ORDINALITY AS p(path, place) WHERE ltq_regex(path, $2) ORDER BY place LIMIT 1);
CREATE FUNCTION _ltxtq_extract_exec(ltree[], ltxtquery) RETURNS ltree LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT path FROM unnest($1) WITH ORDINALITY AS p(path, place) WHERE ltxtq_exec(path, $2) ORDER BY place LIMIT 1);

CREATE OPERATOR = (
    LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_eq, COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_ne, COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR < (LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_lt, COMMUTATOR = >, NEGATOR = >=);
CREATE OPERATOR <= (LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_le, COMMUTATOR = >=, NEGATOR = >);
CREATE OPERATOR > (LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_gt, COMMUTATOR = <, NEGATOR = <=);
CREATE OPERATOR >= (LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_ge, COMMUTATOR = <=, NEGATOR = <);
CREATE OPERATOR || (LEFTARG = ltree, RIGHTARG = ltree, FUNCTION = ltree_addltree);
CREATE OPERATOR || (LEFTARG = ltree, RIGHTARG = text, FUNCTION = ltree_addtext);
CREATE OPERATOR || (LEFTARG = text, RIGHTARG = ltree, FUNCTION = ltree_textadd);
CREATE OPERATOR ?@> (LEFTARG = ltree[], RIGHTARG = ltree, FUNCTION = _ltree_extract_isparent);
CREATE OPERATOR ?<@ (LEFTARG = ltree[], RIGHTARG = ltree, FUNCTION = _ltree_extract_risparent);
CREATE OPERATOR ?~ (LEFTARG = ltree[], RIGHTARG = lquery, FUNCTION = _ltq_extract_regex);
CREATE OPERATOR ?@ (LEFTARG = ltree[], RIGHTARG = ltxtquery, FUNCTION = _ltxtq_extract_exec);

-- Every search operator exists twice; the one with ^ before it asks that no index be used.
DO $$
DECLARE
    search record;
    prefix text;
BEGIN
    FOREACH prefix IN ARRAY ARRAY['', '^'] LOOP
        FOR search IN
            SELECT * FROM (VALUES
                ('@>', 'ltree', 'ltree', 'ltree_isparent', '<@'), ('<@', 'ltree', 'ltree', 'ltree_risparent', '@>'),
                ('~', 'ltree', 'lquery', 'ltq_regex', '~'), ('~', 'lquery', 'ltree', 'ltq_rregex', '~'),
                ('?', 'ltree', 'lquery[]', 'lt_q_regex', '?'), ('?', 'lquery[]', 'ltree', 'lt_q_rregex', '?'),
                ('@', 'ltree', 'ltxtquery', 'ltxtq_exec', '@'), ('@', 'ltxtquery', 'ltree', 'ltxtq_rexec', '@'),
                ('@>', 'ltree[]', 'ltree', '_ltree_isparent', '<@'), ('<@', 'ltree', 'ltree[]', '_ltree_r_isparent', '@>'),
                ('<@', 'ltree[]', 'ltree', '_ltree_risparent', '@>'), ('@>', 'ltree', 'ltree[]', '_ltree_r_risparent', '<@'),
                ('~', 'ltree[]', 'lquery', '_ltq_regex', '~'), ('~', 'lquery', 'ltree[]', '_ltq_rregex', '~'),
                ('?', 'ltree[]', 'lquery[]', '_lt_q_regex', '?'), ('?', 'lquery[]', 'ltree[]', '_lt_q_rregex', '?'),
                ('@', 'ltree[]', 'ltxtquery', '_ltxtq_exec', '@'), ('@', 'ltxtquery', 'ltree[]', '_ltxtq_rexec', '@')
            ) AS searches(operator, left_type, right_type, function, commutator)
        LOOP
            EXECUTE pg_catalog.format(
                'CREATE OPERATOR %s%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %s, COMMUTATOR = %s%s, RESTRICT = pg_catalog.contsel, JOIN = pg_catalog.contjoinsel)',
                prefix, search.operator, search.left_type, search.right_type, search.function, prefix, search.commutator
            );
        END LOOP;
    END LOOP;
END
$$;

CREATE OPERATOR CLASS ltree_ops DEFAULT FOR TYPE ltree USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 ltree_cmp(ltree, ltree);
CREATE OPERATOR CLASS hash_ltree_ops DEFAULT FOR TYPE ltree USING hash AS
    OPERATOR 1 =, FUNCTION 1 hash_ltree(ltree), FUNCTION 2 hash_ltree_extended(ltree, bigint);
CREATE FUNCTION ltree_any_key(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8up';
CREATE FUNCTION ltree_perhaps(internal) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btequalimage';
CREATE OPERATOR CLASS gist_ltree_ops DEFAULT FOR TYPE ltree USING gist AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, OPERATOR 10 @>, OPERATOR 11 <@,
    OPERATOR 12 ~(ltree, lquery), OPERATOR 14 @(ltree, ltxtquery), OPERATOR 16 ?(ltree, lquery[]),
    FUNCTION 1 ltree_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal),
    FUNCTION 3 ltree_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal),
    FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal),
    FUNCTION 10 (ltree) pg_catalog.gtsvector_options(internal), STORAGE int8;
CREATE OPERATOR CLASS gist__ltree_ops DEFAULT FOR TYPE ltree[] USING gist AS
    OPERATOR 10 <@(ltree[], ltree), OPERATOR 11 @>(ltree, ltree[]), OPERATOR 12 ~(ltree[], lquery),
    OPERATOR 14 @(ltree[], ltxtquery), OPERATOR 16 ?(ltree[], lquery[]),
    FUNCTION 1 ltree_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal),
    FUNCTION 3 ltree_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal),
    FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal),
    FUNCTION 10 (ltree[]) pg_catalog.gtsvector_options(internal), STORAGE int8;
