ALTER TABLE payments.payables VALIDATE CONSTRAINT payables_void_is_unpaid_check;
ALTER TABLE orders.orders VALIDATE CONSTRAINT orders_state_known_check;
ALTER TABLE orders.orders VALIDATE CONSTRAINT orders_later_has_balance_check;
ALTER TABLE orders.orders VALIDATE CONSTRAINT orders_market_id_balance_id_fkey;
ALTER TABLE orders.lines VALIDATE CONSTRAINT lines_amount_adds_up_check;
