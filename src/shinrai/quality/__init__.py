"""Support quality: facts about every inquiry and investigation, and the measures over them."""
