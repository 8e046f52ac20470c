-- The schema that every statement of the corpus is run on.
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
  name varchar(50),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  status varchar(50) NOT NULL DEFAULT 'new',
  amount numeric(10, 2),
  quantity int,
  code text,
  placed_at timestamp,
  note text,
  legacy_id int
);
CREATE TABLE items (
  id int PRIMARY KEY,
  order_id bigint,
  sku text,
  price int
);
CREATE INDEX orders_status_idx ON orders (status);
CREATE UNIQUE INDEX items_sku_idx ON items (sku);
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE events_old (id bigint NOT NULL, at date NOT NULL, kind text);
CREATE TABLE logs (id bigint NOT NULL, region text) PARTITION BY LIST (region);
CREATE TABLE logs_eu PARTITION OF logs FOR VALUES IN ('eu');
CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
CREATE VIEW open_orders AS SELECT id, status FROM orders WHERE status <> 'done';
CREATE MATERIALIZED VIEW order_totals AS SELECT customer_id, sum(amount) AS total FROM orders GROUP BY customer_id;
CREATE UNIQUE INDEX order_totals_idx ON order_totals (customer_id);
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN plain_text AS text;
CREATE TYPE address AS (street text, city text);
CREATE SEQUENCE tickets;
CREATE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION next_code() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT ''x''';
CREATE FUNCTION fixed_code() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''';
CREATE TRIGGER touch_items BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch_row();
CREATE TABLE prices (id int PRIMARY KEY, amount positive, label plain_text);
INSERT INTO customers (email) SELECT 'c' || n FROM generate_series(1, 20) AS n;
INSERT INTO orders (customer_id, amount, quantity, code, placed_at, legacy_id)
  SELECT n, n, n, 'x', now(), n FROM generate_series(1, 20) AS n;
INSERT INTO items (id, order_id, sku, price) SELECT n, n, n, n FROM generate_series(1, 20) AS n;
INSERT INTO events SELECT n, '2026-01-01', 'x' FROM generate_series(1, 20) AS n;
INSERT INTO events_old SELECT n, '2024-05-05', 'x' FROM generate_series(1, 20) AS n;
INSERT INTO logs SELECT n, 'eu' FROM generate_series(1, 20) AS n;
INSERT INTO logs SELECT n, 'us' FROM generate_series(1, 20) AS n;
INSERT INTO prices SELECT n, n, n FROM generate_series(1, 20) AS n;
REFRESH MATERIALIZED VIEW order_totals;
