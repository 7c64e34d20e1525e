"""What the tests of ranks.go are held against, by scipy.

    /usr/bin/python3 ranks.py > ranks.json
"""
import json

import numpy as np
from scipy import stats

rng = np.random.RandomState(7)
out = {"range": [], "friedman": []}
for k in (2, 3, 5, 10, 16):
    for q in (0.5, 0.95, 0.99):
        out["range"].append({"k": k, "q": q, "want": stats.studentized_range.ppf(q, k, np.inf)})
for n, k, step in ((8, 10, 0), (4, 3, 0), (20, 5, 0.25), (12, 4, 0.5)):
    x = rng.randn(n, k)
    if step:
        x = np.round(x / step) * step  # with ties
    s = stats.friedmanchisquare(*x.T)
    ranks = np.mean([stats.rankdata(-row) for row in x], axis=0)
    out["friedman"].append({"blocks": x.tolist(), "mean": ranks.tolist(), "statistic": s.statistic, "p": s.pvalue})
print(json.dumps(out))
