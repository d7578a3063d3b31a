"""Loads a model that Nabla saved into PyTorch. The tensors have the names and layouts of torch.nn.Sequential."""
import json, struct, numpy as np, torch
def load(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {n: np.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]) for n, t in header.items()}
    return {n: torch.from_numpy(t.copy()) for n, t in tensors.items()}, metadata
# network = torch.nn.Sequential(torch.nn.Linear(784, 16), torch.nn.ReLU(), torch.nn.Linear(16, 10))
# network.load_state_dict(load("best.safetensors")[0])
