# Reference values of R for the tests beside this file. Run in this folder, on Debian 12
# with r-base-core and the r-cran-* packages named below:
#
#     Rscript reference.R
#
# It writes reference.json. The data are R's own; statsmodels ships the same. No number is
# drawn at random.

library(jsonlite)
library(lmtest)
library(MASS)
library(plm)
library(quantreg)
library(sandwich)

data("Grunfeld", package = "plm")
data("engel", package = "quantreg")
values <- list()

# Least squares with each kind of standard errors.

of_lm <- function(fit, covariance, freedom) {
  test <- coeftest(fit, vcov. = covariance, df = freedom)
  list(coefficients = unname(test[, 1]), errors = unname(test[, 2]), p_values = unname(test[, 4]))
}

stack <- lm(stack.loss ~ Air.Flow + Water.Temp + Acid.Conc., data = stackloss)
values$classical_stackloss <- of_lm(stack, vcov(stack), df.residual(stack))
values$hc3_stackloss <- of_lm(stack, vcovHC(stack, type = "HC3"), df.residual(stack))

# CR2 (Bell and McCaffrey 2002), clustered by firm. No package of Debian has its exact p-values.
pooled <- lm(inv ~ value + capital, data = Grunfeld)
cr2 <- vcovCL(pooled, cluster = Grunfeld$firm, type = "HC2", cadjust = TRUE)
values$clustered_grunfeld <- list(
  coefficients = unname(coef(pooled)), errors = unname(sqrt(diag(cr2)))
)

within <- plm(inv ~ value + capital, data = Grunfeld, index = c("firm", "year"), model = "within")
values$within_grunfeld <- list(
  coefficients = unname(coef(within)), errors = unname(sqrt(diag(vcov(within))))
)

# Quantile regression and robust regression.

for (tau in c(0.05, 0.25, 0.5, 0.75, 0.95)) {
  values[[sprintf("quantile_engel_%g", tau)]] <- list(
    coefficients = unname(coef(rq(foodexp ~ income, tau = tau, data = engel)))
  )
}
robust <- rlm(stack.loss ~ Air.Flow + Water.Temp + Acid.Conc.,
  data = stackloss, psi = psi.huber, maxit = 200, acc = 1e-10
)
values$robust_stackloss <- list(coefficients = unname(coef(robust)))

# A kink in the Nile's flow: at a given date, and the largest F over all months.

decimal <- function(days) 2000 + as.numeric(days - as.Date("2000-01-01")) / 365.25
years <- decimal(as.Date(sprintf("%d-01-01", 1871:1970)))
flow <- log10(as.numeric(Nile))
kinked <- function(at) lm(flow ~ I(years - at) + pmax(years - at, 0))

known <- kinked(decimal(as.Date("1913-01-01")))
values$kink_nile <- of_lm(known, vcovHC(known, type = "HC3"), df.residual(known))

months <- decimal(seq(as.Date("1871-01-01"), as.Date("1970-12-01"), by = "month"))
months <- months[months >= quantile(years, 0.15) & months <= quantile(years, 0.85)]
straight <- lm(flow ~ years)
f <- vapply(months, function(at) anova(straight, kinked(at))$F[2], 0)
best <- which.max(f)
values$search_nile <- list(
  sup_f = f[best], year = months[best], change = unname(coef(kinked(months[best]))[3])
)

# Wild cluster bootstrap with Webb's six weights and the null imposed (Cameron, Gelbach
# and Miller 2008): with five clusters all 6^5 draws can be gone through, so that the
# p-value is exact. Growth of the investment of the first five firms.

five <- Grunfeld[Grunfeld$firm <= 5, ]
x <- decimal(as.Date(sprintf("%d-01-01", five$year)))
x <- x - mean(x)
y <- log10(five$inv)
t_of <- function(outcome, null) {
  fit <- lm(outcome ~ x)
  error <- sqrt(vcovCL(fit, cluster = five$firm, type = "HC0", cadjust = FALSE)[2, 2])
  (coef(fit)[[2]] - null) / error
}
t_fast <- function(outcomes) { # as t_of with a null of 0, for many outcomes at once
  slopes <- drop(crossprod(x, outcomes)) / sum(x^2)
  residuals <- sweep(outcomes, 2, colMeans(outcomes)) - outer(x, slopes)
  scores <- rowsum(residuals * x, five$firm)
  slopes * sum(x^2) / sqrt(colSums(scores^2))
}
webb <- c(-1, 1) %x% sqrt(c(0.5, 1, 1.5))
draws <- as.matrix(expand.grid(rep(list(webb), 5)))
for (growth in c(1.04, 1.08, 1.12)) {
  null <- log10(growth)
  restricted <- y - null * x
  restricted <- restricted - mean(restricted)
  drawn <- t_fast(restricted * t(draws)[five$firm, ])
  seen <- t_of(y, null)
  values[[sprintf("wild_grunfeld_%g", growth)]] <- list(
    t = seen, p_value = mean(abs(drawn) >= abs(seen) * (1 - 1e-9))
  )
}

packages <- c("jsonlite", "lmtest", "MASS", "plm", "quantreg", "sandwich")
versions <- lapply(setNames(packages, packages), function(p) as.character(packageVersion(p)))
write_json(
  list(made_with = c(list(R = R.version.string), versions), values = values),
  "reference.json",
  auto_unbox = TRUE, digits = I(12), pretty = TRUE
)
