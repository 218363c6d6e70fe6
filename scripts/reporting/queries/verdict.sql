-- The dossier can be older than the model.
select
    segment_count_scores.verdict,
    segment_count_scores.verdict_reason,
    segment_count_scores.votes

from marts.segment_count_scores

inner join marts.wcss_curve
    on segment_count_scores.segment_count = wcss_curve.segment_count

where
    segment_count_scores.is_chosen
    and wcss_curve.is_chosen
    and segment_count_scores.space = 'pca'
