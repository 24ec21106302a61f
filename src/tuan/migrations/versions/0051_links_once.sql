-- Both may have been sent to somebody: each goes on leading there, and a twin ends some microseconds after the one that was opened more.
WITH open AS (
	SELECT l.market_id, l.code, row_number() OVER (
		PARTITION BY l.market_id, l.sharer_id, l.kind, l.object_id, l.channel, l.campaign, l.expires_at
		ORDER BY coalesce((SELECT sum(v.visits) FROM sharing.visits v WHERE v.market_id = l.market_id AND v.code = l.code), 0) DESC, l.made_at, l.code
	) AS place
	FROM sharing.links l WHERE l.revoked_at IS NULL AND l.expires_at IS NOT NULL AND l.sharer_id IS NOT NULL
)
UPDATE sharing.links l SET expires_at = l.expires_at + (o.place - 1) * interval '1 microsecond' FROM open o WHERE o.market_id = l.market_id AND o.code = l.code AND o.place > 1;
