#!/usr/bin/env python3
"""Golden values of augmentation: what PyTorch computes in float64. The C# tests compare with them.

    python3 tests/golden/make_augmentation.py            write augmentation.json beside this file
    python3 tests/golden/make_augmentation.py --check    compute again and compare with the committed file (1e-11)

resample    the image read at x = X + i StepX + dx, y = Y + j StepYDown + dy for column i and row j, by
            grid_sample(bilinear, zeros outside, align_corners=True), whose coordinates run from -1 to 1 over the
            centres of the outermost pixels
elastic     alpha times the noise convolved with a Gaussian that sums to 1 and ends at 4 sigma (Simard, 2003); the
            noise is larger than the image by the reach of the Gaussian on each side
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

from make_golden import HERE, uniform

FILE = HERE / "augmentation.json"


def resample(random, height, width, line):
    image = torch.from_numpy(random.randint(0, 256, (height, width)).astype(np.float64))
    dx, dy = (uniform(random, (height, width), 2) for _ in range(2))
    xx, xy, x0, yx, yy, y0 = line
    rows, columns = torch.meshgrid(torch.arange(height).double(), torch.arange(width).double(), indexing="ij")
    x = xx * columns + xy * rows + x0 + dx
    y = yx * columns + yy * rows + y0 + dy
    grid = torch.stack([2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1], -1)[None]
    result = F.grid_sample(image[None, None], grid, mode="bilinear", padding_mode="zeros", align_corners=True)[0, 0]
    return {"height": height, "width": width, "image": image.int().flatten().tolist(), "map": line,
            "dx": dx.flatten().tolist(), "dy": dy.flatten().tolist(), "result": result.flatten().tolist()}


def elastic(random, height, width, sigma, alpha):
    reach = math.ceil(4 * sigma)
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1).double() / sigma) ** 2)
    bell = bell / bell.sum()
    noise = uniform(random, (2, 1, height + 2 * reach, width + 2 * reach), 1)
    field = alpha * F.conv2d(noise, torch.outer(bell, bell)[None, None])
    return {"height": height, "width": width, "sigma": sigma, "alpha": alpha, "noise": noise.flatten().tolist(),
            "dx": field[0, 0].flatten().tolist(), "dy": field[1, 0].flatten().tolist()}


def make():
    random = np.random.RandomState(4)
    return {
        "torch": torch.__version__, "numpy": np.__version__,
        "resample": [resample(random, 6, 9, [1, 0, 0, 0, 1, 0]),
                     resample(random, 9, 17, [0.8, 0.5, -2.25, -0.375, 1.1, 1.5])],
        "elastic": [elastic(random, 5, 7, 0.75, 3), elastic(random, 6, 4, 2.5, 20)],
    }


def numbers(value):
    if isinstance(value, dict):
        return [n for key in sorted(value) if key not in ("torch", "numpy") for n in numbers(value[key])]
    return [n for item in value for n in numbers(item)] if isinstance(value, list) else [value]


if __name__ == "__main__":
    made = make()
    if "--check" in sys.argv:
        ours, theirs = np.array(numbers(made)), np.array(numbers(json.loads(FILE.read_text())))
        if not np.allclose(ours, theirs, rtol=1e-11, atol=1e-11):
            sys.exit("augmentation.json is not what PyTorch computes here")
        sys.exit(0)
    FILE.write_text(json.dumps(made) + "\n")
