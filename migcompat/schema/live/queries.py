"""What is asked of a server's catalogues: PostgreSQL 12 to 18.

A column that only newer servers have is read through `to_jsonb(row)`, which yields NULL where it is missing. Temporary objects, those of
system schemas and those that belong to an extension are left out.
"""

from __future__ import annotations


def _own(catalogue: str, oid: str, schema: str, made_for: str = "'e'") -> str:
    """A condition: the object is the user's, not made for an extension (`e`), or internally for another object (`i`)."""
    return f"""
        {schema} IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
        AND NOT EXISTS (
            SELECT FROM pg_depend AS of WHERE of.classid = '{catalogue}'::regclass AND of.objid = {oid} AND of.deptype IN ({made_for})
        )"""


_MADE = "'e', 'i'"


def _element(oid: str) -> str:
    """The type itself, or what an array is of (IsTrueArrayType in src/include/catalog/pg_type.h)."""
    return f"(SELECT CASE WHEN typelem <> 0 AND typlen = -1 AND typstorage <> 'p' THEN typelem ELSE oid END FROM pg_type WHERE oid = {oid})"


_RELATIONS = (
    f"SELECT oid FROM pg_class WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND {_own('pg_class', 'pg_class.oid', 'relnamespace')}"
)
_TYPES = f"""
    SELECT t.oid FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE t.typtype IN ('e', 'd', 'c', 'r', 'b', 'p') AND coalesce(c.relkind, 'c') = 'c'
    AND NOT (t.typelem <> 0 AND t.typlen = -1) AND {_own("pg_type", "t.oid", "t.typnamespace")}"""
_FUNCTIONS = f"SELECT oid FROM pg_proc WHERE {_own('pg_proc', 'pg_proc.oid', 'pronamespace', _MADE)}"


def _side(type_: str) -> str:
    return f"CASE {type_} WHEN 0 THEN 'none' ELSE format_type({type_}, NULL) END"


SETTINGS = """
    SELECT set_config('search_path', '', true), set_config('quote_all_identifiers', 'off', true), set_config('statement_timeout', '0', true)
"""
"""With an empty search path every name is printed with its schema, so that both sides of a comparison print it alike. What limits the
statements of a migration does not limit these."""

NAMESPACES = """
    SELECT oid, nspname, pg_get_userbyid(nspowner) FROM pg_namespace AS n
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend AS of WHERE of.classid = 'pg_namespace'::regclass AND of.objid = n.oid AND of.deptype = 'e')
    ORDER BY oid
"""

EXTENSIONS = """
    SELECT e.oid, extname, nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = extnamespace WHERE extname <> 'plpgsql'
    ORDER BY e.oid
"""

OTHERS = f"""
    SELECT oid, 'collation', collname::text, '', '' FROM pg_collation WHERE {_own("pg_collation", "pg_collation.oid", "collnamespace")}
    UNION ALL
    SELECT oid, 'cast', format('(%s as %s)', format_type(castsource, NULL), format_type(casttarget, NULL)),
        CASE castcontext WHEN 'i' THEN 'implicit' ELSE '' END, 'yes' FROM pg_cast
    WHERE oid >= 16384
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_cast'::regclass AND objid = pg_cast.oid AND deptype IN ({_MADE}))
    UNION ALL
    SELECT oid, 'operator', format('%s (%s, %s)', oprname, {_side("oprleft")}, {_side("oprright")}), '', '' FROM pg_operator
    WHERE {_own("pg_operator", "pg_operator.oid", "oprnamespace")}
    UNION ALL
    SELECT oid, 'language', lanname, '', '' FROM pg_language WHERE oid >= 16384
    UNION ALL
    SELECT oid, 'foreign data wrapper', fdwname, '', '' FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT oid, 'server', srvname, '', '' FROM pg_foreign_server
    ORDER BY 1
"""

MEMBERSHIPS = """
    SELECT r.rolname, g.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
    WHERE coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit)
    ORDER BY 1, 2
"""
"""Until PostgreSQL 16 each role, and not each membership, says whether privileges are inherited."""

TYPES = f"""
    SELECT t.oid, n.nspname, t.typname, t.typtype, t.typisdefined, t.typrelid, pg_get_userbyid(t.typowner), t.typnotnull,
        coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
        {_element("t.typbasetype")}, format_type(nullif(t.typbasetype, 0), t.typtypmod)
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE t.oid IN ({_TYPES}) ORDER BY t.oid
"""

LABELS = f"SELECT enumtypid, oid, enumlabel FROM pg_enum WHERE enumtypid IN ({_TYPES}) ORDER BY enumtypid, enumsortorder"

ATTRIBUTES = f"""
    SELECT a.attrelid, a.attnum, a.attname, {_element("a.atttypid")}, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), NOT a.attislocal,
        (SELECT collname FROM pg_collation AS l JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
        (SELECT min(of.refobjid::int8) FROM pg_depend AS of JOIN pg_class AS s ON s.oid = of.refobjid AND s.relkind = 'S'
            WHERE of.classid = 'pg_attrdef'::regclass AND of.objid = d.oid AND of.refclassid = 'pg_class'::regclass),
        coalesce((SELECT conislocal FROM pg_constraint WHERE conrelid = a.attrelid AND contype = 'n' AND conkey = ARRAY[a.attnum]), true)
    FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND (
        a.attrelid IN ({_RELATIONS} AND relkind <> 'S')
        OR a.attrelid IN (SELECT typrelid FROM pg_type WHERE typtype = 'c' AND oid IN ({_TYPES}))
    ) ORDER BY a.attrelid, a.attnum
"""
"""The last ones: the sequence that the default draws from, and whether NOT NULL is its own (before PostgreSQL 18 nobody kept account)."""

RELATIONS = f"""
    SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity, c.reloftype,
        pg_get_expr(c.relpartbound, c.oid), ARRAY(SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid ORDER BY inhseqno),
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
        pg_get_partkeydef(c.oid), c.relispopulated,
        (SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'check_option'),
        (SELECT option_value::boolean FROM pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker'),
        CASE WHEN c.relkind NOT IN ('r', 'p') THEN 'd' ELSE c.relreplident END,
        (SELECT indexrelid FROM pg_index WHERE indrelid = c.oid AND indisreplident)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid IN ({_RELATIONS}) AND c.relpersistence <> 't' ORDER BY c.oid
"""

SEQUENCES = """
    SELECT seqrelid, format_type(seqtypid, NULL), seqincrement::text, seqmin::text, seqmax::text, seqstart::text, seqcycle FROM pg_sequence
"""

OWNED_SEQUENCES = """
    SELECT d.objid, d.refobjid, d.refobjsubid, d.deptype = 'i' FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
"""

READS = """
    SELECT DISTINCT r.ev_class, d.refobjid, d.refobjsubid FROM pg_rewrite AS r
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class AS c ON c.oid = d.refobjid AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    WHERE r.rulename = '_RETURN' AND d.refobjid <> r.ev_class AND r.oid >= 16384 ORDER BY 1, 2, 3
"""

INDEXES = f"""
    SELECT i.indexrelid, i.indrelid, c.relname, i.indisunique, i.indimmediate, i.indisexclusion,
        coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), pg_get_expr(i.indpred, i.indrelid),
        string_to_array(i.indkey::text, ' ')::int[],
        ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) AS k),
        (SELECT inhparent FROM pg_inherits WHERE inhrelid = i.indexrelid), k.oid,
        ARRAY(SELECT oprname::text FROM unnest(k.conexclop) WITH ORDINALITY AS e (o, at) JOIN pg_operator AS p ON p.oid = o ORDER BY at),
        ARRAY(
            SELECT coalesce(collname::text, '')
            FROM unnest(i.indkey::int[], i.indcollation::oid[]) WITH ORDINALITY AS e (number, collated, at)
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = number
            LEFT JOIN pg_collation AS l ON l.oid = collated AND collated <> a.attcollation
            WHERE at <= i.indnkeyatts ORDER BY at
        ),
        ARRAY(
            SELECT CASE WHEN opcdefault OR opcname IN ('varchar_ops', 'cidr_ops') OR NOT i.indisunique THEN '' ELSE opcname::text END
            FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS e (class, at) JOIN pg_opclass AS o ON o.oid = class ORDER BY at
        )
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    WHERE i.indrelid IN ({_RELATIONS}) ORDER BY i.indexrelid
"""

CONSTRAINTS = f"""
    SELECT k.oid, k.conrelid, k.contypid, k.conname, k.contype, coalesce(k.conkey, '{{}}')::int[], k.confrelid,
        ARRAY(
            SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY AS f (n, at)
            JOIN pg_attribute ON attrelid = k.confrelid AND attnum = n ORDER BY at
        ),
        k.confdeltype, k.confupdtype, k.condeferrable, coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true), k.convalidated,
        k.connoinherit, k.conindid, pg_get_expr(k.conbin, k.conrelid),
        CASE WHEN k.contype <> 'c' THEN nullif(k.conparentid, 0) WHEN NOT k.conislocal THEN (
            SELECT min(p.oid::int8) FROM pg_inherits JOIN pg_constraint AS p ON p.conrelid = inhparent
            WHERE inhrelid = k.conrelid AND p.contype = 'c' AND p.conname = k.conname
        ) END,
        k.condeferred, k.confmatchtype, coalesce(nullif(to_jsonb(k) -> 'confdelsetcols', 'null'), '[]')
    FROM pg_constraint AS k LEFT JOIN pg_constraint AS parent ON parent.oid = k.conparentid
    WHERE (k.contype IN ('p', 'u', 'x', 'c', 'f') OR (k.contype = 'n' AND k.conislocal AND (k.connoinherit OR k.conname <> (
        SELECT concat(relname, '_', attname, '_not_null') FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE pg_class.oid = k.conrelid AND attnum = k.conkey[1]
    )))) AND (k.conrelid IN ({_RELATIONS}) OR k.contypid IN ({_TYPES}))
    AND (k.contype <> 'f' OR parent.conrelid IS DISTINCT FROM k.conrelid) ORDER BY k.oid
"""
"""A foreign key to a partitioned table has a row for each partition, below that of its own: these are left out.
Of NOT NULL those that a statement may have given a name to."""

TRIGGERS = f"""
    SELECT t.tgrelid, t.tgname, t.tgtype, t.tgenabled, n.nspname, p.proname, pg_get_triggerdef(t.oid)
    FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE NOT t.tgisinternal AND coalesce((to_jsonb(t) ->> 'tgparentid')::oid, 0) = 0 AND t.tgrelid IN ({_RELATIONS}) ORDER BY t.oid
"""

RULES = f"""
    SELECT ev_class, rulename, ev_type, is_instead, ev_qual::text <> '<>', ev_enabled, pg_get_ruledef(oid)
    FROM pg_rewrite WHERE rulename <> '_RETURN' AND ev_class IN ({_RELATIONS}) ORDER BY oid
"""

POLICIES = f"""
    SELECT polrelid, polname, polcmd, polpermissive,
        ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(polroles) AS r),
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    FROM pg_policy WHERE polrelid IN ({_RELATIONS}) ORDER BY oid
"""

FUNCTIONS = f"""
    SELECT p.oid, n.nspname, p.proname, p.prokind, pg_get_userbyid(p.proowner), p.prosecdef, p.proretset,
        p.proacl IS NULL, p.pronargdefaults, coalesce(p.proargnames, '{{}}'), coalesce(p.proargmodes::text[], '{{}}'),
        ARRAY(SELECT {_element("t")} FROM unnest(a.types) WITH ORDINALITY AS u (t, at) ORDER BY at),
        ARRAY(SELECT format_type(t, NULL) FROM unnest(a.types) WITH ORDINALITY AS u (t, at) ORDER BY at),
        {_element("p.prorettype")}, format_type(p.prorettype, NULL), p.proisstrict, p.provolatile, coalesce(p.proconfig, '{{}}')
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    CROSS JOIN LATERAL (
        SELECT coalesce(p.proallargtypes, string_to_array(nullif(p.proargtypes::text, ''), ' ')::oid[], '{{}}') AS types
    ) AS a
    WHERE p.oid IN ({_FUNCTIONS}) ORDER BY p.oid
"""

PUBLICATIONS = """
    SELECT oid, pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate,
        ARRAY(SELECT prrelid FROM pg_publication_rel WHERE prpubid = p.oid)
    FROM pg_publication AS p ORDER BY oid
"""

PUBLISHED_PARTS = """
    SELECT r.prpubid, r.prrelid, coalesce(r.prattrs::int2[], '{}')::int[], coalesce(pg_get_expr(r.prqual, r.prrelid), ''),
        ARRAY(SELECT attname::text FROM pg_attribute AS a WHERE a.attrelid = r.prrelid AND attnum > 0 ORDER BY attnum)
    FROM pg_publication_rel AS r WHERE r.prattrs IS NOT NULL OR r.prqual IS NOT NULL
"""
"""A dropped column has a name of its own, so the names are in the order of the numbers."""

PUBLISHES_SCHEMAS = "SELECT to_regclass('pg_catalog.pg_publication_namespace') IS NOT NULL"
"""From PostgreSQL 15 on."""

PUBLISHED_SCHEMAS = "SELECT pnpubid, nspname FROM pg_publication_namespace JOIN pg_namespace AS n ON n.oid = pnnspid"

GRANTS = f"""
    SELECT held.kind, held.object, held.attribute, CASE acl.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(acl.grantee)::text END,
        lower(acl.privilege_type)
    FROM (
        SELECT 'relation' AS kind, oid AS object, NULL AS attribute, relowner AS owner, relacl AS granted
        FROM pg_class WHERE oid IN ({_RELATIONS})
        UNION ALL
        SELECT 'relation', c.oid, a.attname, c.relowner, a.attacl FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.oid IN ({_RELATIONS})
        UNION ALL
        SELECT 'function', oid, NULL, proowner, proacl FROM pg_proc WHERE oid IN ({_FUNCTIONS})
        UNION ALL
        SELECT 'type', oid, NULL, typowner, coalesce(typacl, acldefault('T', typowner)) FROM pg_type WHERE oid IN ({_TYPES})
        UNION ALL
        SELECT 'namespace', oid, NULL, nspowner, nspacl FROM pg_namespace
    ) AS held CROSS JOIN LATERAL aclexplode(held.granted) AS acl
    WHERE acl.grantee <> held.owner AND acl.privilege_type <> 'MAINTAIN'
"""
"""What the owner may do needs no grant; MAINTAIN is no contract of running code."""
