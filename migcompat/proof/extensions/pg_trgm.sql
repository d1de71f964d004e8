-- Right: trigrams, similarity() and its operators. Word similarity compares with the best single word. The indexes hold nothing: the
-- operator classes exist, and no plan uses them (enable_bitmapscan is off, and GiST rechecks every row).

CREATE FUNCTION show_trgm(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(array_agg(DISTINCT substr('  ' || word[1] || ' ', place, 3)), '{}')
        FROM regexp_matches(lower($1), '[[:alnum:]]+', 'g') AS word, generate_series(1, length(word[1]) + 1) AS place
    );
CREATE FUNCTION similarity(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(count(*) FILTER (WHERE sides = 2)::real / nullif(count(*), 0), 0)::real
        FROM (
            SELECT count(*) AS sides
            FROM (SELECT unnest(show_trgm($1)) UNION ALL SELECT unnest(show_trgm($2))) AS both_sides(trigram)
            GROUP BY trigram
        ) AS counted
    );
CREATE FUNCTION word_similarity(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(max(similarity($1, word[1])), 0)::real
        FROM (SELECT regexp_matches($2, '[[:alnum:]]+', 'g') UNION ALL SELECT ARRAY[$2]) AS words(word)
    );
CREATE FUNCTION strict_word_similarity(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN word_similarity($1, $2);

CREATE FUNCTION pg_trgm_threshold(name text, otherwise real) RETURNS real LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('pg_trgm.' || name, true), '')::real, otherwise);
CREATE FUNCTION show_limit() RETURNS real LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN pg_trgm_threshold('similarity_threshold', 0.3::real);
CREATE FUNCTION set_limit(real) RETURNS real LANGUAGE sql VOLATILE STRICT
    RETURN set_config('pg_trgm.similarity_threshold', $1::text, false)::real;

CREATE FUNCTION similarity_op(text, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN similarity($1, $2) >= show_limit();
CREATE FUNCTION word_similarity_op(text, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN word_similarity($1, $2) >= pg_trgm_threshold('word_similarity_threshold', 0.6::real);
CREATE FUNCTION word_similarity_commutator_op(text, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN word_similarity_op($2, $1);
CREATE FUNCTION strict_word_similarity_op(text, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN strict_word_similarity($1, $2) >= pg_trgm_threshold('strict_word_similarity_threshold', 0.5::real);
CREATE FUNCTION strict_word_similarity_commutator_op(text, text) RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN strict_word_similarity_op($2, $1);
CREATE FUNCTION similarity_dist(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN 1 - similarity($1, $2);
CREATE FUNCTION word_similarity_dist_op(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 1 - word_similarity($1, $2);
CREATE FUNCTION word_similarity_dist_commutator_op(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 1 - word_similarity($2, $1);
CREATE FUNCTION strict_word_similarity_dist_op(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 1 - strict_word_similarity($1, $2);
CREATE FUNCTION strict_word_similarity_dist_commutator_op(text, text) RETURNS real LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 1 - strict_word_similarity($2, $1);

CREATE OPERATOR % (LEFTARG = text, RIGHTARG = text, FUNCTION = similarity_op, COMMUTATOR = %);
CREATE OPERATOR <% (LEFTARG = text, RIGHTARG = text, FUNCTION = word_similarity_op, COMMUTATOR = %>);
CREATE OPERATOR %> (LEFTARG = text, RIGHTARG = text, FUNCTION = word_similarity_commutator_op, COMMUTATOR = <%);
CREATE OPERATOR <<% (LEFTARG = text, RIGHTARG = text, FUNCTION = strict_word_similarity_op, COMMUTATOR = %>>);
CREATE OPERATOR %>> (LEFTARG = text, RIGHTARG = text, FUNCTION = strict_word_similarity_commutator_op, COMMUTATOR = <<%);
CREATE OPERATOR <-> (LEFTARG = text, RIGHTARG = text, FUNCTION = similarity_dist, COMMUTATOR = <->);
CREATE OPERATOR <<-> (LEFTARG = text, RIGHTARG = text, FUNCTION = word_similarity_dist_op, COMMUTATOR = <->>);
CREATE OPERATOR <->> (LEFTARG = text, RIGHTARG = text, FUNCTION = word_similarity_dist_commutator_op, COMMUTATOR = <<->);
CREATE OPERATOR <<<-> (LEFTARG = text, RIGHTARG = text, FUNCTION = strict_word_similarity_dist_op, COMMUTATOR = <->>>);
CREATE OPERATOR <->>> (LEFTARG = text, RIGHTARG = text, FUNCTION = strict_word_similarity_dist_commutator_op, COMMUTATOR = <<<->);

-- void_in gives a null pointer whatever it is asked: no keys. btequalimage gives true: perhaps, look at the row. int8up gives what it is
-- given: the key of a GiST entry is the datum itself as a number, a pointer that is never followed. The tree is kept by the support
-- functions of tsquery, whose keys are numbers too; any place in it will do where every row is looked at.
CREATE FUNCTION pg_trgm_no_keys(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'void_in';
CREATE FUNCTION pg_trgm_any_key(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8up';
CREATE FUNCTION pg_trgm_perhaps(internal) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btequalimage';
CREATE OPERATOR CLASS gin_trgm_ops FOR TYPE text USING gin AS
    OPERATOR 1 %, OPERATOR 3 ~~, OPERATOR 4 ~~*, OPERATOR 5 ~, OPERATOR 6 ~*, OPERATOR 7 %>, OPERATOR 9 %>>, OPERATOR 11 =,
    FUNCTION 2 pg_trgm_no_keys(internal), FUNCTION 3 pg_trgm_no_keys(internal), FUNCTION 4 pg_trgm_perhaps(internal), STORAGE int4;
CREATE OPERATOR CLASS gist_trgm_ops FOR TYPE text USING gist AS
    OPERATOR 1 %, OPERATOR 3 ~~, OPERATOR 4 ~~*, OPERATOR 5 ~, OPERATOR 6 ~*, OPERATOR 7 %>, OPERATOR 9 %>>, OPERATOR 11 =,
    FUNCTION 1 pg_trgm_perhaps(internal), FUNCTION 2 pg_catalog.gtsquery_union(internal, internal),
    FUNCTION 3 pg_trgm_any_key(internal), FUNCTION 5 pg_catalog.gtsquery_penalty(internal, internal, internal),
    FUNCTION 6 pg_catalog.gtsquery_picksplit(internal, internal), FUNCTION 7 pg_catalog.gtsquery_same(int8, int8, internal),
    FUNCTION 10 (text) pg_catalog.gtsvector_options(internal), STORAGE int8;
