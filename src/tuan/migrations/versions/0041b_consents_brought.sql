ALTER TABLE compliance.consents VALIDATE CONSTRAINT consents_place_known_check;

-- Which words a person was shown then, the market did not write down: the version says so.
INSERT INTO compliance.consents (market_id, id, person_id, purpose, about_id, is_given, version, language, place, at, shows)
SELECT market_id, id, person_id, 'shop_customer', shop_id, true, 'unwritten', '', 'house', given_at, shows FROM shops.consents;

-- What was changed was ended and given anew at one time: that is no withdrawal.
INSERT INTO compliance.consents (market_id, id, person_id, purpose, about_id, is_given, version, language, place, at, shows)
SELECT c.market_id, gen_random_uuid(), c.person_id, 'shop_customer', c.shop_id, false, 'unwritten', '', 'house', c.ended_at, '[]'
FROM shops.consents c WHERE c.ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM shops.consents n WHERE n.market_id = c.market_id
AND n.person_id = c.person_id AND n.shop_id = c.shop_id AND n.id <> c.id AND n.given_at = c.ended_at);
