ALTER TABLE settlement.withdrawals ADD COLUMN returned_at TIMESTAMP WITH TIME ZONE;

-- The release before knows no withdrawal that came back and makes none.
ALTER TABLE settlement.withdrawals DROP CONSTRAINT withdrawals_state_known_check;
ALTER TABLE settlement.withdrawals ADD CONSTRAINT withdrawals_state_known_check CHECK (state IN ('requested', 'due', 'paid', 'failed', 'rejected', 'returned')) NOT VALID;
ALTER TABLE settlement.withdrawals DROP CONSTRAINT withdrawals_ended_has_time_check;
ALTER TABLE settlement.withdrawals ADD CONSTRAINT withdrawals_ended_has_time_check CHECK ((state IN ('paid', 'failed', 'rejected', 'returned')) = (ended_at IS NOT NULL)) NOT VALID;
ALTER TABLE settlement.withdrawals DROP CONSTRAINT withdrawals_agreed_by_others_check;
ALTER TABLE settlement.withdrawals ADD CONSTRAINT withdrawals_agreed_by_others_check CHECK (approved_by <> requested_by AND seconded_by <> requested_by AND seconded_by <> approved_by AND (state NOT IN ('due', 'paid', 'failed', 'returned') OR approved_by IS NOT NULL AND (NOT is_two OR seconded_by IS NOT NULL))) NOT VALID;
ALTER TABLE settlement.withdrawals ADD CONSTRAINT withdrawals_returned_has_time_check CHECK ((state = 'returned') = (returned_at IS NOT NULL)) NOT VALID;
