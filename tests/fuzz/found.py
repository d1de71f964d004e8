"""Inputs that once crashed, hung or lost something."""

from __future__ import annotations

FOUND = (
    "e'a\\",
    "'''",
    '"""',
    "u&\"d!0061\" uescape '!'",
    'u&"d!0061" uescape \'"\'',
    "create table a (x int); create table b () inherits (a); alter table a inherit b; alter table a add column y int; drop table a cascade",
    "create view v as select * from t; create or replace view v as select * from v; alter table t add column x int",
    "create table g (a int, b int generated always as (a) stored, c int generated always as (b) stored); alter table g drop a cascade",
    "copy t from stdin;\ncopy t from stdin;\n",
    "create function f() returns int begin atomic select 1; select 2;",
    'drop table "\ud800t"',
    "create sequence s; alter sequence s maxvalue",
    "create sequence s; alter sequence s maxvalue 1e3",
    "create role r connection limit ²; alter role r connection limit 3",
    "alter table t add column c int default ()",
)
