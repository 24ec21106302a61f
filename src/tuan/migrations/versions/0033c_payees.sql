-- Whoever is paid out is a supplier or a shop: every old row has its supplier, and a shop's row none.
ALTER TABLE settlement.accounts ADD COLUMN shop_id UUID;
ALTER TABLE settlement.accounts ALTER COLUMN supplier_id DROP NOT NULL;
ALTER TABLE settlement.accounts ADD CONSTRAINT accounts_one_payee_check CHECK (num_nonnulls(supplier_id, shop_id) = 1) NOT VALID;
ALTER TABLE settlement.accounts ADD CONSTRAINT accounts_market_id_shop_id_fkey FOREIGN KEY (market_id, shop_id) REFERENCES parties.shops (market_id, id) NOT VALID;

ALTER TABLE settlement.withdrawals ADD COLUMN shop_id UUID;
ALTER TABLE settlement.withdrawals ALTER COLUMN supplier_id DROP NOT NULL;
ALTER TABLE settlement.withdrawals ADD CONSTRAINT withdrawals_one_payee_check CHECK (num_nonnulls(supplier_id, shop_id) = 1) NOT VALID;
