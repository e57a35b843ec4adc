/*
 * Recipes as JSON: the object "recipe" of a weights file's manifest, by the
 * tables of nets/recipe.
 */
#ifndef MODEL_RECIPEFILE_H
#define MODEL_RECIPEFILE_H

#include <jansson.h>

#include "nets/recipe.h"

/*
 * Reading checks every member's kind and range, and the whole: E_FORMAT,
 * `recipe.kernel: ...`. Writing gives a new reference, NULL when there is no
 * memory. recipe_is_unet says which of the two the object is ("net": "unet").
 */
MUST_CHECK enum status recipe_read(struct recipe *r, const json_t *o);
MUST_CHECK enum status unet_recipe_read(struct unet_recipe *r,
    const json_t *o);
json_t *recipe_json(const struct recipe *r);
json_t *unet_recipe_json(const struct unet_recipe *r);
bool recipe_is_unet(const json_t *o);

#endif
