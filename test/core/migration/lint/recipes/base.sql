CREATE TYPE mood AS ENUM ('low', 'high');
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, feeling mood);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  status text NOT NULL,
  amount numeric(10, 2),
  quantity int,
  code text,
  note text
);
CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint, sku text);
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO customers (feeling) SELECT 'low' FROM generate_series(1, 2000);
INSERT INTO orders (status, amount, quantity, code, note)
  SELECT CASE WHEN n % 2 = 0 THEN 'delivered' ELSE 'new' END, n, n, 'c' || n, CASE WHEN n % 3 = 0 THEN 'n' || n END
  FROM generate_series(1, 5000) AS n;
INSERT INTO items (order_id, sku) SELECT 1 + n % 5000, 's' || n FROM generate_series(1, 5000) AS n;
INSERT INTO events SELECT n, '2026-01-01'::date - (n % 300)::int, 'k' || n % 9 FROM generate_series(1, 5000) AS n;
