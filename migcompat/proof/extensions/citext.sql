-- Right throughout: a text that is compared in lower case.

CREATE TYPE citext;
CREATE FUNCTION citextin(cstring) RETURNS citext LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION citextout(citext) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION citextrecv(internal) RETURNS citext LANGUAGE internal STABLE STRICT PARALLEL SAFE AS 'textrecv';
CREATE FUNCTION citextsend(citext) RETURNS bytea LANGUAGE internal STABLE STRICT PARALLEL SAFE AS 'textsend';
CREATE TYPE citext (
    INPUT = citextin, OUTPUT = citextout, RECEIVE = citextrecv, SEND = citextsend,
    LIKE = text, CATEGORY = 'S', PREFERRED = false, COLLATABLE = true
);

CREATE CAST (citext AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (citext AS varchar) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (citext AS bpchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (text AS citext) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (varchar AS citext) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE FUNCTION citext(bpchar) RETURNS citext LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'rtrim1';
CREATE FUNCTION citext(boolean) RETURNS citext LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'booltext';
CREATE FUNCTION citext(inet) RETURNS citext LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'network_show';
CREATE CAST (bpchar AS citext) WITH FUNCTION citext(bpchar) AS ASSIGNMENT;
CREATE CAST (boolean AS citext) WITH FUNCTION citext(boolean) AS ASSIGNMENT;
CREATE CAST (inet AS citext) WITH FUNCTION citext(inet) AS ASSIGNMENT;

CREATE FUNCTION citext_cmp(citext, citext) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN bttextcmp(lower($1::text), lower($2::text));
CREATE FUNCTION citext_eq(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) = lower($2::text);
CREATE FUNCTION citext_ne(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) <> lower($2::text);
CREATE FUNCTION citext_lt(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) < lower($2::text);
CREATE FUNCTION citext_le(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) <= lower($2::text);
CREATE FUNCTION citext_gt(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) > lower($2::text);
CREATE FUNCTION citext_ge(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) >= lower($2::text);
CREATE FUNCTION citext_smaller(citext, citext) RETURNS citext LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN citext_cmp($1, $2) < 0 THEN $1 ELSE $2 END;
CREATE FUNCTION citext_larger(citext, citext) RETURNS citext LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN citext_cmp($1, $2) > 0 THEN $1 ELSE $2 END;
CREATE FUNCTION citext_hash(citext) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hashtext(lower($1::text));
CREATE FUNCTION citext_hash_extended(citext, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hashtextextended(lower($1::text), $2);
CREATE FUNCTION citext_pattern_cmp(citext, citext) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN bttext_pattern_cmp(lower($1::text), lower($2::text));
CREATE FUNCTION citext_pattern_lt(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) ~<~ lower($2::text);
CREATE FUNCTION citext_pattern_le(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) ~<=~ lower($2::text);
CREATE FUNCTION citext_pattern_gt(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) ~>~ lower($2::text);
CREATE FUNCTION citext_pattern_ge(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower($1::text) ~>=~ lower($2::text);

CREATE OPERATOR = (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_eq, COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_ne, COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR < (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_lt, COMMUTATOR = >, NEGATOR = >=);
CREATE OPERATOR <= (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_le, COMMUTATOR = >=, NEGATOR = >);
CREATE OPERATOR > (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_gt, COMMUTATOR = <, NEGATOR = <=);
CREATE OPERATOR >= (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_ge, COMMUTATOR = <=, NEGATOR = <);
CREATE OPERATOR ~<~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_lt, COMMUTATOR = ~>~, NEGATOR = ~>=~);
CREATE OPERATOR ~<=~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_le, COMMUTATOR = ~>=~, NEGATOR = ~>~);
CREATE OPERATOR ~>~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_gt, COMMUTATOR = ~<~, NEGATOR = ~<=~);
CREATE OPERATOR ~>=~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_ge, COMMUTATOR = ~<=~, NEGATOR = ~<~);

CREATE OPERATOR CLASS citext_ops DEFAULT FOR TYPE citext USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 citext_cmp(citext, citext);
CREATE OPERATOR CLASS citext_ops DEFAULT FOR TYPE citext USING hash AS
    OPERATOR 1 =, FUNCTION 1 citext_hash(citext), FUNCTION 2 citext_hash_extended(citext, bigint);
CREATE OPERATOR CLASS citext_pattern_ops FOR TYPE citext USING btree AS
    OPERATOR 1 ~<~, OPERATOR 2 ~<=~, OPERATOR 3 =, OPERATOR 4 ~>=~, OPERATOR 5 ~>~, FUNCTION 1 citext_pattern_cmp(citext, citext);

CREATE AGGREGATE min(citext) (SFUNC = citext_smaller, STYPE = citext, SORTOP = <, COMBINEFUNC = citext_smaller, PARALLEL = SAFE);
CREATE AGGREGATE max(citext) (SFUNC = citext_larger, STYPE = citext, SORTOP = >, COMBINEFUNC = citext_larger, PARALLEL = SAFE);

CREATE FUNCTION texticlike(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text ~~* $2::text;
CREATE FUNCTION texticlike(citext, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text ~~* $2;
CREATE FUNCTION texticnlike(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text !~~* $2::text;
CREATE FUNCTION texticnlike(citext, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text !~~* $2;
CREATE FUNCTION texticregexeq(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text ~* $2::text;
CREATE FUNCTION texticregexeq(citext, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text ~* $2;
CREATE FUNCTION texticregexne(citext, citext) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text !~* $2::text;
CREATE FUNCTION texticregexne(citext, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::text !~* $2;

CREATE OPERATOR ~~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticlike, NEGATOR = !~~);
CREATE OPERATOR !~~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticnlike, NEGATOR = ~~);
CREATE OPERATOR ~~* (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticlike, NEGATOR = !~~*);
CREATE OPERATOR !~~* (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticnlike, NEGATOR = ~~*);
CREATE OPERATOR ~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticregexeq, NEGATOR = !~);
CREATE OPERATOR !~ (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticregexne, NEGATOR = ~);
CREATE OPERATOR ~* (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticregexeq, NEGATOR = !~*);
CREATE OPERATOR !~* (LEFTARG = citext, RIGHTARG = citext, FUNCTION = texticregexne, NEGATOR = ~*);
CREATE OPERATOR ~~ (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticlike, NEGATOR = !~~);
CREATE OPERATOR !~~ (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticnlike, NEGATOR = ~~);
CREATE OPERATOR ~~* (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticlike, NEGATOR = !~~*);
CREATE OPERATOR !~~* (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticnlike, NEGATOR = ~~*);
CREATE OPERATOR ~ (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticregexeq, NEGATOR = !~);
CREATE OPERATOR !~ (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticregexne, NEGATOR = ~);
CREATE OPERATOR ~* (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticregexeq, NEGATOR = !~*);
CREATE OPERATOR !~* (LEFTARG = citext, RIGHTARG = text, FUNCTION = texticregexne, NEGATOR = ~*);

-- Functions that look for one text in another; flag c asks for case to count after all.
CREATE FUNCTION citext_flags(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN strpos($1, 'c') = 0 THEN $1 || 'i' ELSE $1 END;
CREATE FUNCTION citext_literal(citext) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace($1::text, '([^[:alnum:]_])', '\\\1', 'g');
CREATE FUNCTION regexp_match(citext, citext) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_match($1::text, $2::text, 'i');
CREATE FUNCTION regexp_match(citext, citext, text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_match($1::text, $2::text, citext_flags($3));
CREATE FUNCTION regexp_matches(citext, citext) RETURNS SETOF text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 1
    BEGIN ATOMIC SELECT regexp_matches($1::text, $2::text, 'i'); END;
CREATE FUNCTION regexp_matches(citext, citext, text) RETURNS SETOF text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 10
    BEGIN ATOMIC SELECT regexp_matches($1::text, $2::text, citext_flags($3)); END;
CREATE FUNCTION regexp_replace(citext, citext, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace($1::text, $2::text, $3, 'i');
CREATE FUNCTION regexp_replace(citext, citext, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace($1::text, $2::text, $3, citext_flags($4));
CREATE FUNCTION regexp_split_to_array(citext, citext) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_split_to_array($1::text, $2::text, 'i');
CREATE FUNCTION regexp_split_to_array(citext, citext, text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_split_to_array($1::text, $2::text, citext_flags($3));
CREATE FUNCTION regexp_split_to_table(citext, citext) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC SELECT regexp_split_to_table($1::text, $2::text, 'i'); END;
CREATE FUNCTION regexp_split_to_table(citext, citext, text) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC SELECT regexp_split_to_table($1::text, $2::text, citext_flags($3)); END;
CREATE FUNCTION strpos(citext, citext) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN strpos(lower($1::text), lower($2::text));
CREATE FUNCTION replace(citext, citext, citext) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace($1::text, citext_literal($2), replace($3::text, '\', '\\'), 'gi');
CREATE FUNCTION split_part(citext, citext, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce((regexp_split_to_array($1::text, citext_literal($2), 'i'))[$3], '');
CREATE FUNCTION translate(citext, citext, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(translate($1::text, lower($2::text), $3), upper($2::text), $3);
