ALTER TABLE orders.orders VALIDATE CONSTRAINT orders_cases_counted_check;
ALTER TABLE orders.lines VALIDATE CONSTRAINT lines_returned_within_units_check;
ALTER TABLE orders.lines VALIDATE CONSTRAINT lines_refunded_by_part_check;
