/** Where Stripe's API is (docs.stripe.com/api). */
export const STRIPE_API = 'https://api.stripe.com';
/** The version whose objects are read here; without it the account's own decides, and that may be any. */
export const STRIPE_API_VERSION = '2025-02-24.acacia';
