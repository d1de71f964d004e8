-- the schema after webshop/0012_reviews.sql (12 of 12 migrations)

CREATE TYPE order_status AS ENUM ('placed', 'paid', 'shipped', 'refunded', 'cancelled');

CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    given_name text,
    family_name text,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_email_key UNIQUE (email)
);

CREATE TABLE addresses (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    customer_id bigint NOT NULL,
    street text NOT NULL,
    city text NOT NULL,
    postal_code text NOT NULL,
    country character(2) NOT NULL,
    CONSTRAINT addresses_pkey PRIMARY KEY (id)
);

CREATE TABLE categories (
    id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
    parent_id integer,
    name text NOT NULL,
    CONSTRAINT categories_pkey PRIMARY KEY (id)
);

CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    sku text NOT NULL,
    category_id integer,
    title text NOT NULL,
    description text DEFAULT '' NOT NULL,
    price_cents integer NOT NULL,
    active boolean DEFAULT true NOT NULL,
    average_stars numeric(3,2),
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_price_cents_check CHECK (price_cents >= 0)
);

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    customer_id bigint NOT NULL,
    address_id bigint,
    status order_status DEFAULT 'placed' NOT NULL,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    total_cents bigint DEFAULT 0 NOT NULL,
    coupon_code text,
    currency character(3) NOT NULL,
    payment_reference text,
    CONSTRAINT orders_pkey PRIMARY KEY (id)
);
CREATE INDEX orders_customer_id ON orders (customer_id, placed_at);
CREATE INDEX orders_open ON orders (placed_at) WHERE status IN ('placed', 'paid');
CREATE UNIQUE INDEX orders_one_open_per_address ON orders (customer_id, address_id) WHERE status = 'placed';

CREATE TABLE order_lines (
    order_id bigint NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL,
    price_cents integer NOT NULL,
    CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, product_id),
    CONSTRAINT order_lines_quantity_check CHECK (quantity > 0)
);

CREATE TABLE warehouses (
    code text NOT NULL,
    name text NOT NULL,
    CONSTRAINT warehouses_pkey PRIMARY KEY (code)
);

CREATE TABLE stock_levels (
    product_id bigint NOT NULL,
    warehouse_code text NOT NULL,
    on_hand bigint DEFAULT 0 NOT NULL,
    reserved integer NOT NULL,
    CONSTRAINT stock_levels_pkey PRIMARY KEY (product_id, warehouse_code),
    CONSTRAINT stock_is_there CHECK (on_hand >= reserved)
);

CREATE TABLE coupons (
    code text NOT NULL,
    percent_off smallint NOT NULL,
    valid_until date,
    CONSTRAINT coupons_pkey PRIMARY KEY (code),
    CONSTRAINT coupons_percent_off_check CHECK (percent_off BETWEEN 1 AND 90)
);

CREATE TABLE refunds (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    order_id bigint NOT NULL,
    amount_cents bigint NOT NULL,
    reason text,
    CONSTRAINT refunds_pkey PRIMARY KEY (id),
    CONSTRAINT refunds_amount_cents_check CHECK (amount_cents > 0)
);

CREATE TABLE payments (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    order_id bigint NOT NULL,
    captured boolean DEFAULT false NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (id)
);

CREATE TABLE reviews (
    product_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    stars smallint NOT NULL,
    body text DEFAULT '' NOT NULL,
    CONSTRAINT reviews_product_id_customer_id_key UNIQUE (product_id, customer_id),
    CONSTRAINT reviews_stars_check CHECK (stars BETWEEN 1 AND 5)
);

ALTER TABLE addresses ADD CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
ALTER TABLE categories ADD CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id);
ALTER TABLE products ADD CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id);
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE orders ADD CONSTRAINT orders_address_id_fkey FOREIGN KEY (address_id) REFERENCES addresses (id) ON DELETE SET NULL;
ALTER TABLE orders ADD CONSTRAINT orders_coupon_code_fkey FOREIGN KEY (coupon_code) REFERENCES coupons (code);
ALTER TABLE order_lines ADD CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
ALTER TABLE order_lines ADD CONSTRAINT order_lines_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id);
ALTER TABLE stock_levels ADD CONSTRAINT stock_levels_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id);
ALTER TABLE stock_levels ADD CONSTRAINT stock_levels_warehouse_code_fkey FOREIGN KEY (warehouse_code) REFERENCES warehouses (code);
ALTER TABLE refunds ADD CONSTRAINT refunds_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id);
ALTER TABLE payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id);
ALTER TABLE reviews ADD CONSTRAINT reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE;
ALTER TABLE reviews ADD CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;

CREATE VIEW order_overview AS SELECT o.id, o.status, o.placed_at, c.email, o.total_cents
  FROM orders o
  JOIN customers c ON c.id = o.customer_id;
--- exit code 0
