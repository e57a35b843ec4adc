# Tables 2 and 3 from lines of `score` and the paper's figures, paper.tsv.
/^#/ { next }
NR == FNR {			# name seen unseen x~ turned ssim lpips x^ ssim lpips
	ours[$1, "G_T"] = sprintf("%7.3f %7.3f", $7, $6)
	ours[$1, "G_I"] = sprintf("%7.3f %7.3f", $10, $9)
	texture[$1] = sprintf("%7.2f %7.2f %7.2f", $2, $3, $4)
	next
}
{ paper[$1, $2] = sprintf("%7.3f %7.3f  %7.3f %7.3f", $3, $4, $5, $6) }

function row(g, name, text) {
	printf "%-16s  %s  %s", g "(" text ")", paper[name, g], ours[name, g]
	print g == "G_T" ? "  " texture[name] : ""
}
function head(title) {
	printf "\n%s\n", title
	printf "%-16s  %-15s  %-15s  %-15s  %s\n", "", "paper, iPER", "FashionVideo", "ours", "PSNR of texels"
	printf "%-16s  %7s %7s  %7s %7s  %7s %7s  %7s %7s %7s\n", "", "LPIPS", "SSIM", "LPIPS", "SSIM", "LPIPS", "SSIM", "seen",
	    "unseen", "x~"
}
END {
	head("Table 2: the number of hallucinations")
	for (g = 0; g < 2; g++)
		for (n = 1; n <= 4; n++)
			row(g ? "G_T" : "G_I", "full-" n, "n_h = " n)
	head("Table 3: the flows between the domains, n_h = 3")
	for (g = 0; g < 2; g++) {
		row(g ? "G_T" : "G_I", "none-3", "Ind.")
		row(g ? "G_T" : "G_I", "t2i-3", "T -> I")
		row(g ? "G_T" : "G_I", "i2t-3", "I -> T")
		row(g ? "G_T" : "G_I", "full-3", "Full")
	}
}
