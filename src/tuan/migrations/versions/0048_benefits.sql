CREATE TABLE parties.benefits (
	market_id BIGINT NOT NULL,
	shop_id UUID NOT NULL,
	word TEXT NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT benefits_pkey PRIMARY KEY (market_id, shop_id, word),
	CONSTRAINT benefits_word_known_check CHECK (word IN ('badge', 'showcase', 'early_goods', 'support_first', 'materials_first', 'more_picks')),
	CONSTRAINT benefits_market_id_shop_id_fkey FOREIGN KEY(market_id, shop_id) REFERENCES parties.shops (market_id, id)
);

CREATE INDEX benefits_word_idx ON parties.benefits (market_id, word, shop_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON parties.benefits TO tuan_app;
ALTER TABLE parties.benefits ENABLE ROW LEVEL SECURITY;
CREATE POLICY market ON parties.benefits TO tuan_app USING (market_id = nullif(current_setting('tuan.market', true), '')::bigint);

-- What shops hold already: by their level, and by the last season that was closed.
INSERT INTO parties.benefits (market_id, shop_id, word, since)
SELECT s.market_id, s.shop_id, w.word, now() FROM leagues.standings s JOIN leagues.level_tables t ON t.market_id = s.market_id
AND t.version = s.version CROSS JOIN LATERAL jsonb_array_elements_text(t.levels->s.level->'benefits') w(word) WHERE w.word <> 'presale'
UNION
SELECT e.market_id, e.shop_id, w.word, now() FROM leagues.entries e JOIN leagues.seasons n ON n.market_id = e.market_id
AND n.id = e.season_id CROSS JOIN LATERAL jsonb_array_elements_text(n.benefits) w(word) WHERE w.word <> 'presale'
AND n.id = (SELECT l.id FROM leagues.seasons l WHERE l.market_id = n.market_id AND l.state = 'closed' ORDER BY l.ends_at DESC, l.id DESC LIMIT 1)
AND (e.result = 'promoted' OR e.league = 1 AND e.rank <= n.moved) AND e.score_minor > 0;
